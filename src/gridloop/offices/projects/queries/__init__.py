"""Every read of the projects."""
