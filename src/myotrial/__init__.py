"""Clinical trials in myositis: one trial definition in; scores, registered outcomes and a report out.

For research; not medical advice.
"""

from importlib.metadata import version

__version__ = version("myotrial")
