"""How the site is served. Everything can be given on the command line instead."""

from gunicorn.glogging import Logger

pythonpath = "site"  # our package is site/web; "site" itself is the standard library's
bind = "127.0.0.1:8000"
workers = 2
worker_class = "sync"  # pages leave ready-made: threads would only cost
timeout = 30
graceful_timeout = 10
errorlog = "-"
control_socket_disable = True  # nothing here is controlled from outside


class OurLogger(Logger):
    """Its lines as the worker's, and those of the pages too."""

    def setup(self, cfg):
        super().setup(cfg)
        import logs  # the project's folder is on the path by now
        from settings import Settings

        settings = Settings()
        logs.to_stderr(settings)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(settings))


logger_class = OurLogger
