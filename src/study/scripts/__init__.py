"""What every script needs: arguments, errors, checkpoints, progress."""
