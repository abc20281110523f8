"""One function per address: from a desk to a page. They contain no ``try``."""
