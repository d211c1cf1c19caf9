"""The tests: conversations first. This file keeps ``tests/messages`` from hiding ``messages``."""
