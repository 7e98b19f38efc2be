"""What the scripts share: data, result tables, plots, claims, provenance, workflow."""
