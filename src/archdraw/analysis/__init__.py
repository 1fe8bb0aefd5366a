"""What block trees and specs say about a model: its concepts, its traits, its descent, its differences from others."""
