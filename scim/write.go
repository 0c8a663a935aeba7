package scim

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

// Create stores a new resource (RFC 7644 section 3.3).
func (e *Engine) Create(ctx context.Context, c *Caller, t *schema.ResourceType, body []byte, p Projection) (*Response, error) {
	if err := c.allow(ActionCreate, t); err != nil {
		return nil, err
	}
	in, err := schema.DecodeObject(body)
	if err != nil {
		return nil, err
	}
	draft, err := c.creation(t, in)
	if err != nil {
		return nil, err
	}
	r := newRenderer(c, t, p).showing(specifiedBy(t, in))
	draft.With = r.with()
	record, err := e.store.Create(ctx, c.Directory, t, draft, c.Origin)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", t.Name, err)
	}
	return respond(http.StatusCreated, r, record, Preconditions{})
}

// creation is what the body of a POST wants stored.
func (c *Caller) creation(t *schema.ResourceType, in map[string]any) (Draft, error) {
	doc, edits, err := read(c, t, in)
	if err != nil {
		return Draft{}, err
	}
	if a := activeAttribute(t); a != nil && doc[a.Name] == nil {
		doc[a.Name] = true // somebody who is provisioned is meant to work
	}
	if err := c.allowPerson(t, nil, doc); err != nil {
		return Draft{}, err
	}
	return c.draft(t, doc, edits)
}

// Replace makes a resource what the request says (RFC 7644 section 3.5.1):
// attributes that it leaves out are cleared, all but active, whose absence must
// not suspend or reinstate anybody, and immutable ones.
func (e *Engine) Replace(ctx context.Context, c *Caller, t *schema.ResourceType, id string, body []byte,
	p Projection, pre Preconditions) (*Response, error) {
	if err := allowWrite(c, t); err != nil {
		return nil, err
	}
	in, err := schema.DecodeObject(body)
	if err != nil {
		return nil, err
	}
	r := newRenderer(c, t, p).showing(specifiedBy(t, in))
	record, err := e.replace(ctx, c, t, id, in, pre, r.with())
	if err != nil {
		return nil, err
	}
	return respond(http.StatusOK, r, record, Preconditions{})
}

func (e *Engine) replace(ctx context.Context, c *Caller, t *schema.ResourceType, id string, in map[string]any,
	pre Preconditions, with With) (*Record, error) {
	doc, edits, err := read(c, t, in)
	if err != nil {
		return nil, err
	}
	if t.Members() != nil && len(edits) == 0 {
		edits = []patch.Edit{{Kind: patch.ReplaceMembers}}
	}
	return e.update(ctx, c, t, id, pre, with, func(current map[string]any) (map[string]any, []patch.Edit, error) {
		next, err := keep(t, current, doc)
		return next, edits, err
	})
}

// Patch applies the operations of a PatchOp message, all or none (RFC 7644
// section 3.5.2). The answer is 200 with the resource, or 204 where the
// connection's settings say so and no projection asks for a body.
func (e *Engine) Patch(ctx context.Context, c *Caller, t *schema.ResourceType, id string, body []byte,
	p Projection, pre Preconditions) (*Response, error) {
	if err := allowWrite(c, t); err != nil {
		return nil, err
	}
	message, err := schema.DecodeObject(body)
	if err != nil {
		return nil, err
	}
	r := newRenderer(c, t, p).showing(specifiedByPatch(t, message, c.patchOptions()))
	withBody, with := p.Given() || c.patchReturnsBody(t), versionOf(t)
	if withBody {
		with = r.with()
	}
	record, err := e.patch(ctx, c, t, id, message, pre, with)
	if err != nil {
		return nil, err
	}
	if withBody {
		return respond(http.StatusOK, r, record, Preconditions{})
	}
	response := noContent(record.etag())
	response.Pending = record.Pending
	return response, nil
}

func (e *Engine) patch(ctx context.Context, c *Caller, t *schema.ResourceType, id string, message map[string]any,
	pre Preconditions, with With) (*Record, error) {
	options := c.patchOptions()
	ops, err := patch.Parse(message, options)
	if err != nil {
		return nil, err
	}
	return e.update(ctx, c, t, id, pre, with, func(current map[string]any) (map[string]any, []patch.Edit, error) {
		result, err := patch.Apply(t, current, id, ops, options)
		return result.Document, result.Edits, err
	})
}

// Delete removes a resource and its memberships (RFC 7644 section 3.6).
func (e *Engine) Delete(ctx context.Context, c *Caller, t *schema.ResourceType, id string, pre Preconditions) (*Response, error) {
	if err := c.allow(ActionDelete, t); err != nil {
		return nil, err
	}
	err := e.store.Delete(ctx, c.Directory, t, id, c.Origin, func(current *Record) error {
		return pre.check(current.Version)
	})
	if err != nil {
		return nil, fmt.Errorf("delete %s: %w", t.Name, err)
	}
	return noContent(""), nil
}

// update runs a change of one resource's document and members under the
// request's preconditions and the caller's rights.
func (e *Engine) update(ctx context.Context, c *Caller, t *schema.ResourceType, id string, pre Preconditions, with With,
	change func(current map[string]any) (map[string]any, []patch.Edit, error)) (*Record, error) {
	record, err := e.store.Update(ctx, c.Directory, t, id, c.Origin, func(stored *Record) (Draft, error) {
		if err := pre.check(stored.Version); err != nil {
			return Draft{}, err
		}
		current, err := decodeStored(stored.Document)
		if err != nil {
			return Draft{}, err
		}
		next, edits, err := change(current)
		if err != nil {
			return Draft{}, err
		}
		changed := !schema.Equal(current, next)
		if err := allowChange(c, t, current, next, changed, edits); err != nil {
			return Draft{}, err
		}
		if err := c.allowPerson(t, current, next); err != nil {
			return Draft{}, err
		}
		draft, err := c.draft(t, next, edits)
		draft.Changed, draft.With = changed, with
		return draft, err
	})
	if err != nil {
		return nil, fmt.Errorf("update %s: %w", t.Name, err)
	}
	return record, nil
}

// read normalises the body of a POST or PUT.
func read(c *Caller, t *schema.ResourceType, in map[string]any) (map[string]any, []patch.Edit, error) {
	if err := checkSchemas(t, in); err != nil {
		return nil, nil, err
	}
	options := c.patchOptions()
	doc, err := t.Normalize(in, options.Options)
	if err != nil {
		return nil, nil, err
	}
	values, present := t.MemberValues(in)
	if !present {
		return doc, nil, nil
	}
	members, err := patch.ParseMembers(values, options.Options)
	if err != nil {
		return nil, nil, err
	}
	return doc, []patch.Edit{{Kind: patch.ReplaceMembers, Members: members}}, nil
}

// checkSchemas refuses a body that says it is something else. Clients that leave
// schemas out or name extensions that nobody knows are common, and meant well.
func checkSchemas(t *schema.ResourceType, in map[string]any) error {
	for key, value := range in {
		if !strings.EqualFold(key, "schemas") || value == nil {
			continue
		}
		list, ok := value.([]any)
		if !ok {
			return schema.Errorf(schema.InvalidValue, "schemas must be an array of URNs.")
		}
		for _, urn := range list {
			if s, ok := urn.(string); ok && strings.EqualFold(s, t.Schema) {
				return nil
			}
		}
		if len(list) > 0 {
			return schema.Errorf(schema.InvalidValue, "schemas does not name %s, which every %s has.", t.Schema, t.Name)
		}
	}
	return nil
}

// draft encodes a document for storage.
func (c *Caller) draft(t *schema.ResourceType, doc map[string]any, edits []patch.Edit) (Draft, error) {
	encoded, err := schema.Encode(t, doc)
	if err != nil {
		return Draft{}, fmt.Errorf("encode %s: %w", t.Name, err)
	}
	d := Draft{Document: doc, Encoded: encoded, Edits: edits, AllowPending: c.Settings.PendingMembers}
	c.limit(t, &d)
	if c.Settings.UniqueGroupNames && t.Schema == schema.GroupURN {
		if ref, ok := t.Resolve(schema.Name{Raw: "displayName", Attr: "displayName"}); ok {
			d.Unique = append(d.Unique, ref)
		}
	}
	return d, nil
}

func (c *Caller) patchOptions() patch.Options {
	return patch.Options{
		Options: schema.Options{
			RefuseUnknown:    c.Settings.RefuseUnknownAttributes,
			StrictTypes:      c.Settings.StrictTypes,
			KeepEmptyStrings: c.Settings.KeepEmptyStrings,
		},
		AllowEmpty: c.Settings.AllowEmptyPatch,
	}
}

func (c *Caller) patchReturnsBody(t *schema.ResourceType) bool {
	if t.Members() != nil {
		return c.Settings.PatchGroupReturnsBody
	}
	return c.Settings.PatchUserReturnsBody
}
