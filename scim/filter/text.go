package filter

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// unknownName stands for an attribute that no resource type has. A text with it
// binds with BindOptions.UnknownMatchesNothing.
const unknownName = "x-unknown"

func (e *And) String() string     { return text(e) }
func (e *Or) String() string      { return text(e) }
func (e *Not) String() string     { return text(e) }
func (e *Compare) String() string { return text(e) }
func (e *Present) String() string { return text(e) }
func (e *Has) String() string     { return text(e) }
func (e *Never) String() string   { return text(e) }

func text(e Expr) string {
	var w writer
	w.expr(e)
	return w.String()
}

// writer writes canonical filter text: brackets only where precedence needs
// them, names as Ref.String has them, and relative ones inside a value filter.
type writer struct {
	strings.Builder
	inside bool
}

func (w *writer) expr(e Expr) {
	switch e := e.(type) {
	case *And:
		w.chain(e.Terms, " and ")
	case *Or:
		w.chain(e.Terms, " or ")
	case *Not:
		w.WriteString("not ")
		w.group(e.Term)
	case *Compare:
		w.name(e.Ref)
		w.WriteString(" " + string(e.Op) + " ")
		w.literal(e.Value)
	case *Present:
		w.name(e.Ref)
		w.WriteString(" pr")
	case *Has:
		w.name(e.Ref)
		w.WriteByte('[')
		w.inside = true
		w.expr(e.Filter)
		w.inside = false
		w.WriteByte(']')
	case *Never:
		w.WriteString(unknownName + " pr")
	}
}

func (w *writer) chain(terms []Expr, word string) {
	for i, e := range terms {
		if i > 0 {
			w.WriteString(word)
		}
		if _, or := e.(*Or); or {
			w.group(e)
		} else {
			w.expr(e)
		}
	}
}

func (w *writer) group(e Expr) {
	w.WriteByte('(')
	w.expr(e)
	w.WriteByte(')')
}

func (w *writer) name(ref schema.Ref) {
	if w.inside && ref.Sub != nil {
		w.WriteString(ref.Sub.Name)
		return
	}
	w.WriteString(ref.String())
}

func (w *writer) literal(value any) {
	switch v := value.(type) {
	case nil:
		w.WriteString("null")
	case bool:
		if v {
			w.WriteString("true")
		} else {
			w.WriteString("false")
		}
	case json.Number:
		w.WriteString(v.String())
	case time.Time:
		w.WriteString(quote(v.Format(time.RFC3339Nano)))
	case string:
		w.WriteString(quote(v))
	}
}

// quote writes a JSON string; unlike json.Marshal it leaves <, > and & alone.
func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
