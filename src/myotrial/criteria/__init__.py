"""Published composite rules over measures, read from ``data/criteria``; code only interprets them."""
