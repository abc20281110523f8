"""What a message is: which language it is in, and whether it calls for an answer.

Channels that do not say of what kind a message is are read here. Everything works
offline, sees one message at a time and nothing of its answer, and gives the same
result in every order and every batch.
"""
