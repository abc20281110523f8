"""How the site is served. Everything can be given on the command line instead."""

pythonpath = "site"  # our package is site/web; "site" itself is the standard library's
bind = "127.0.0.1:8000"
workers = 2
worker_class = "sync"  # pages leave ready-made: threads would only cost
timeout = 30
graceful_timeout = 10
errorlog = "-"
control_socket_disable = True  # nothing here is controlled from outside
