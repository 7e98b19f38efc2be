"""Result tables: reading, sweeps, summaries."""
