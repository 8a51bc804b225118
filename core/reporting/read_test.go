package reporting_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func fromCSV(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range list[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[list[0][i]] = cell
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func fromJSON(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	var document struct{ Parts map[string][]map[string]any }
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&document); err != nil {
		t.Fatal(err)
	}
	for _, part := range document.Parts {
		for _, values := range part {
			row := map[string]string{}
			for name, value := range values {
				said := fmt.Sprint(value)
				if n, ok := value.(json.Number); ok {
					exact, err := n.Float64()
					if err != nil {
						t.Fatal(err)
					}
					said = strconv.FormatFloat(exact, 'f', -1, 64)
				}
				row[strings.ReplaceAll(name, "_", " ")] = said
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func fromMarkdown(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	var names []string
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|\n"), " |")
		if names == nil {
			names = cells
		}
		if len(cells) != len(names) {
			t.Errorf("%d cells under %d columns: %s", len(cells), len(names), line)
			continue
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[strings.TrimSpace(names[i])] = strings.ReplaceAll(strings.TrimSpace(cell), `\`, "")
		}
		rows = append(rows, row)
	}
	return rows[1:] // the first are the columns
}

// fromText reads columns by where they stand: every line is blank between two of them.
func fromText(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")[3:] // behind the heading and the name of the part
	var grid [][]rune
	width := 0
	for _, line := range lines {
		grid = append(grid, []rune(line))
		width = max(width, len([]rune(line)))
	}
	if len(lines) == 1 && strings.TrimSpace(lines[0]) == "none" {
		return nil
	}
	blank := func(at int) bool {
		for _, line := range grid {
			if at >= 0 && at < len(line) && line[at] != ' ' {
				return false
			}
		}
		return true
	}
	var columns [][2]int
	for at, from := 0, -1; at <= width; at++ {
		switch {
		case from < 0 && !blank(at):
			from = at
		case from >= 0 && blank(at) && blank(at+1):
			columns = append(columns, [2]int{from, at})
			from = -1
		}
	}
	cell := func(line []rune, c [2]int) string {
		return strings.TrimSpace(string(line[min(c[0], len(line)):min(c[1], len(line))]))
	}
	for _, line := range grid[1:] {
		row := map[string]string{}
		for _, c := range columns {
			row[cell(grid[0], c)] = cell(line, c)
		}
		rows = append(rows, row)
	}
	return rows
}
