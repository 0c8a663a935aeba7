package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/roster-scim/roster/tenants"
)

// output is where a command answers: one JSON object, or text for people.
type output struct {
	stdout, stderr io.Writer
	json           bool
}

// print answers with the object, or lets text write what people read.
func (o *output) print(object any, text func(w io.Writer)) error {
	if !o.json {
		text(o.stdout)
		return nil
	}
	encoder := json.NewEncoder(o.stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// fail reports an error and returns the exit code that goes with it.
func (o *output) fail(err error) int {
	code, kind := exitRefused, "refused"
	if _, usage := errors.AsType[*usageError](err); usage {
		code, kind = exitUsage, "usage"
	}
	if _, silent := errors.AsType[*reportedError](err); silent {
		return code
	}
	message := explain(err)
	fmt.Fprintf(o.stderr, "roster: %s\n", message)
	if o.json {
		type failure struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		_ = o.print(struct { // standard output is gone if this fails, and the message is on the other one
			Error failure `json:"error"`
		}{failure{kind, message}}, nil)
	}
	return code
}

// reportedError ends a command whose answer already says what is wrong.
type reportedError struct{}

func (*reportedError) Error() string { return "the answer says what is wrong" }

// explain turns an error of the domain into a sentence.
func explain(err error) string {
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return "--" + strings.ReplaceAll(invalid.Field, "_", "-") + ": " + invalid.Reason + "."
	}
	if taken, ok := errors.AsType[*tenants.TakenError](err); ok {
		return fmt.Sprintf("the %s %q is already in use; choose another.", strings.ReplaceAll(taken.Field, "_", " "), taken.Value)
	}
	return err.Error()
}

// table writes rows under headings, with columns as wide as they need to be.
func table(w io.Writer, headings []string, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, strings.Join(headings, "\t"))
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	_ = t.Flush() // as with any other print: if standard output is gone, nobody is there to tell
}

// fields writes one thing as names and values, leaving empty values out.
func fields(w io.Writer, pairs ...[2]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, pair := range pairs {
		if pair[1] != "" {
			fmt.Fprintf(t, "  %s\t%s\n", pair[0], pair[1])
		}
	}
	_ = t.Flush() // as in table
}
