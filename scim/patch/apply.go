package patch

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// maxWork bounds what one request may cost: attributes named plus elements of
// multi-valued attributes looked at. A thousand operations on attributes with a
// hundred elements each are half of it.
const maxWork = 200_000

// Apply carries out the operations in order on a canonical document and returns
// the document that results. Either all of them succeed or an error is returned
// and nothing counts; the input is not changed in either case. resourceID is the
// resource's id: clients repeat it, and only another one is refused.
//
// An error is a *schema.Error that says which operation is at fault, counted
// from 1.
func Apply(t *schema.ResourceType, doc map[string]any, resourceID string, ops []Op, o Options) (Result, error) {
	a := &applier{t: t, id: resourceID, o: o.Options, doc: clone(doc)}
	for i, op := range ops {
		if err := a.operation(op); err != nil {
			return Result{}, inOperation(i, err)
		}
	}
	r := Result{Document: a.doc, Changed: !schema.Equal(doc, a.doc), Edits: a.edits.list()}
	if !r.Changed {
		return r, nil
	}
	// What was incomplete before is not this request's fault: the schema may
	// have become stricter since.
	if err := t.CheckRequired(a.doc); err != nil && t.CheckRequired(doc) == nil {
		return Result{}, err
	}
	return r, nil
}

// applier carries a request's operations out on its own copy of the document.
// Values in the document are never changed in place: an operation puts new ones
// where the old ones were, so that old and new can be compared.
type applier struct {
	t     *schema.ResourceType
	id    string
	o     schema.Options
	doc   map[string]any
	edits edits
	work  int
}

// change is one operation on one attribute. An operation without a path becomes
// one change for each attribute in its value.
type change struct {
	kind   Kind
	path   *filter.Path
	value  any
	listed bool // the attribute was a key of an object, not named by the operation's path
}

func (a *applier) operation(op Op) error {
	switch op.Kind {
	case Add, Replace:
	case Remove:
		if op.Path == "" {
			return errNoPath()
		}
	default:
		return schema.Errorf(schema.InvalidSyntax, "op must be add, remove or replace, not %s", quote(string(op.Kind)))
	}
	if op.Path != "" {
		p, err := a.path(op.Path)
		if p == nil || err != nil {
			return err
		}
		return a.apply(change{kind: op.Kind, path: p, value: op.Value})
	}
	object, ok := op.Value.(map[string]any)
	if !ok {
		return schema.Errorf(schema.InvalidValue, "without a path the value must be an object of attributes, not %s", show(op.Value))
	}
	return a.object(op.Kind, "", object)
}

// path parses an attribute path. It returns nil for an attribute that no schema
// defines, if such are to be ignored.
func (a *applier) path(text string) (*filter.Path, error) {
	p, err := filter.ParsePath(a.t, text)
	if err == nil {
		return p, nil
	}
	// An unknown name inside a value filter is refused all the same: whether
	// elements match it is not known.
	var unknown *filter.UnknownAttributeError
	var refusal *schema.Error
	if !a.o.RefuseUnknown && errors.As(err, &unknown) && errors.As(err, &refusal) && refusal.Type == schema.InvalidPath {
		return nil, nil
	}
	return nil, err
}

// object applies a value that is an object of attributes, each key of which is a
// path: plain, dotted, qualified by a URN or with a value filter. The keys are
// taken in alphabetical order, so that "name" comes before "name.givenName".
func (a *applier) object(kind Kind, prefix string, object map[string]any) error {
	seen := make(map[schema.Ref]bool, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		p, err := a.key(prefix + key)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if p.Filter == nil {
			if seen[p.Ref] {
				return schema.Errorf(schema.InvalidSyntax, "%s is named twice, in different spellings", p.Ref)
			}
			seen[p.Ref] = true
		}
		if err := a.apply(change{kind: kind, path: p, value: object[key], listed: true}); err != nil {
			return err
		}
	}
	return nil
}

// key parses a key as a path. A key that cannot be an attribute's name is an
// unknown attribute like any other.
func (a *applier) key(key string) (*filter.Path, error) {
	p, err := a.path(key)
	if err != nil && !a.o.RefuseUnknown && !strings.Contains(key, "[") {
		return nil, a.spend(1)
	}
	return p, err
}

// apply carries out one change, whatever it is about.
func (a *applier) apply(c change) error {
	if err := a.spend(1); err != nil {
		return err
	}
	switch attr := c.path.Ref.Attr; {
	case attr == nil:
		return a.extension(c)
	case c.readOnly():
		return a.refuseReadOnly(c)
	case attr == a.t.Members():
		return a.members(c)
	case c.leaf().Mutability == schema.WriteOnly || attr.Mutability == schema.WriteOnly:
		return a.checkOnly(c)
	}
	if c.kind == Remove && c.value == "" && c.path.Filter == nil && c.leaf().MultiValued {
		return schema.Errorf(schema.InvalidValue, "the value does not say which values of %s to remove", c.path.Ref)
	}
	old := a.value(c.path.Ref)
	value, err := a.changed(c, old)
	if err != nil {
		return err
	}
	return a.store(c, old, value)
}

// changed returns the attribute's new value, nil for none.
func (a *applier) changed(c change, old any) (any, error) {
	switch attr := c.path.Ref.Attr; {
	case attr.Type != schema.Complex:
		return a.simple(c.kind, c.path.Ref, old, c.value)
	case !attr.MultiValued:
		return a.complex(c, old)
	case c.path.Filter != nil || c.path.Ref.Sub != nil:
		return a.selected(c, elements(old))
	case c.kind == Add:
		return a.added(c, elements(old))
	case c.kind == Remove:
		return a.removed(c, elements(old))
	}
	return a.normalize(c.path.Ref, c.value)
}

// checkOnly validates the value of a writeOnly attribute, of which nothing is kept.
func (a *applier) checkOnly(c change) error {
	if c.kind == Remove {
		return nil
	}
	_, err := a.normalize(c.path.Ref, c.value)
	return err
}

func (a *applier) normalize(ref schema.Ref, v any) (any, error) {
	return a.t.NormalizeValue(ref, v, a.o)
}

// empty reports whether a value of an add or replace stands for no value.
func (a *applier) empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" && !a.o.KeepEmptyStrings
	case []any:
		return len(v) == 0
	}
	return false
}

// spend counts work and refuses more than a request may cause.
func (a *applier) spend(n int) error {
	if a.work += n; a.work > maxWork {
		return tooLarge("the request changes too much at once: split it up")
	}
	return nil
}
