"""How a question behaves while it is answered: when it is checked, what a wrong try costs.

Pure rules over tries; what a single answer earns is its type's business.
"""
