// Package history lets many people work on the same tickets at the same moment, over two desks as two processes have
// them, and has porcupine find an order in which everything that they were answered makes sense: were each thing done
// all at once, one after the other. All of it is tests; there is nothing to import.
package history
