"""gunicorn reads this file by itself from the working directory."""

bind = "0.0.0.0:8000"
workers = 2
threads = 4
# The application is loaded once, before the workers are forked: a missing variable ends the start at once.
preload_app = True
graceful_timeout = 20
timeout = 30
# Longer than the router keeps an idle connection, so that it is never the server that closes one in use.
keepalive = 65
worker_tmp_dir = "/dev/shm"
errorlog = "-"
