package storage

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// foldMigration has roster_fold, with a table of all letters between marks.
const (
	foldMigration = "migrations/postgres/0004_functions.sql"
	foldBegin     = "    -- The table begins: written by go test -run TestFoldTable -write-fold-table.\n"
	foldEnd       = "    -- The table ends.\n"
)

var writeFoldTable = flag.Bool("write-fold-table", false, "write the table of letters in "+foldMigration)

// TestFoldTable holds the table in the migration against this Go's Unicode. A
// newer Unicode has more letters: then the table belongs into a new migration
// that folds the values once more which are stored, not into the one that has
// been applied.
func TestFoldTable(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(foldMigration)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(file, []byte(foldBegin))
	table, after, closed := bytes.Cut(rest, []byte(foldEnd))
	if !ok || !closed {
		t.Fatalf("%s has no table between the marks", foldMigration)
	}
	want := foldTable()
	if string(table) == want {
		return
	}
	if !*writeFoldTable {
		t.Fatalf("the table in %s is not that of Unicode %s", foldMigration, unicode.Version)
	}
	file = bytes.Join([][]byte{before, []byte(foldBegin), []byte(want), []byte(foldEnd), after}, nil)
	if err := os.WriteFile(foldMigration, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// foldBlocks are the letters of one translate() each. It looks every letter up
// from the beginning, so those in use are kept apart from all the others.
var foldBlocks = []struct {
	name     string
	from, to rune
}{
	{"Latin-1", 0x80, 0xFF},
	{"Latin Extended-A", 0x100, 0x17F},
	{"Greek", 0x370, 0x3AB},
	{"Cyrillic", 0x400, 0x42F},
	{"Latin Extended Additional", 0x1E00, 0x1EFF},
	{"all others", unicode.MaxASCII + 1, unicode.MaxRune},
}

// foldTable is the end of roster_fold, with every string where it is used: a
// variable would be filled in every call. No letter is folded twice, since what
// letters fold to is no letter that folds.
func foldTable() string {
	done := map[rune]bool{}
	var all []rune
	var blocks strings.Builder
	for _, block := range foldBlocks {
		var letters []rune
		for r := block.from; r <= block.to; r++ {
			if unicode.ToLower(r) != r && !done[r] {
				done[r] = true
				letters = append(letters, r)
			}
		}
		all = append(all, letters...)
		fmt.Fprintf(&blocks, "    if small collate \"C\" ~ -- %s\n%s then\n        small := translate(small,\n%s,\n%s);\n    end if;\n",
			block.name, class(letters), literal(letters), literal(lowered(letters)))
	}
	return "    if small collate \"C\" !~\n" + class(all) + " then\n        return small;\n    end if;\n" +
		blocks.String() + "    return small;\n"
}

func lowered(letters []rune) []rune {
	low := make([]rune, len(letters))
	for i, r := range letters {
		low[i] = unicode.ToLower(r)
	}
	return low
}

const escapesPerLine = 14

// literal is letters as a string of PostgreSQL.
func literal(letters []rune) string {
	parts := make([]string, len(letters))
	for i, r := range letters {
		parts[i] = escaped(r)
	}
	return wrapped(parts, escapesPerLine)
}

// class is a bracket expression that has at least the letters. Capital and small
// ones often take turns, and are in one range then.
func class(letters []rune) string {
	in := map[rune]bool{}
	for _, r := range letters {
		in[r] = true
	}
	var parts []string
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !in[r] {
			continue
		}
		from := r
		for in[r+1] || in[r+2] {
			r++
		}
		parts = append(parts, escaped(from)+"-"+escaped(r))
	}
	parts[0] = "[" + parts[0]
	parts[len(parts)-1] += "]"
	return wrapped(parts, escapesPerLine/2)
}

// wrapped is a string over several lines.
func wrapped(parts []string, perLine int) string {
	const indent = "            "
	var lines []string
	for line := range slices.Chunk(parts, perLine) {
		lines = append(lines, "'"+strings.Join(line, "")+"'")
	}
	return indent + "E" + strings.Join(lines, "\n"+indent)
}

// escaped is a letter as in a string of PostgreSQL that begins with E.
func escaped(r rune) string {
	switch {
	case r < unicode.MaxASCII:
		return string(r)
	case r > 0xFFFF:
		return fmt.Sprintf(`\U%08X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}
