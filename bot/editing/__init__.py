"""The editor's workshop: checks, drawings, training and measurements of the content. Nothing here talks to buyers."""
