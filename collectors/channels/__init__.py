"""Being a module of this folder is a channel's registration."""
