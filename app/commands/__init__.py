"""What `./fuse` can do: one file per command."""
