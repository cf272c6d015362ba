"""Every read of the policies."""
