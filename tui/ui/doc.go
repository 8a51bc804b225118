// Package ui is how the console looks: theme, lines, tables, threads, boxes. Everything here is a
// pure function of data, width and theme. Text from people comes in as [plain.Text] only, so that
// nothing anybody wrote can move a cursor or colour a screen.
package ui
