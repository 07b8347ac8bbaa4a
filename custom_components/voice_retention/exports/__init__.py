"""Make an archive of recordings that can be taken away once, and is never on the disk as it is."""
