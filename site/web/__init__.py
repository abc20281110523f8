"""The website: prints what an edition holds, and computes nothing statistical."""
