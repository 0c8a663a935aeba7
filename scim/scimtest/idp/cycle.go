package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
)

// cycle is one provisioning job at work: a provider, the company it serves and
// what it knows of the directory.
type cycle struct {
	*client
	provider provider
	company  *Company
	dir      *directory
	watch    Progress
	workers  int
	racing   bool       // another cycle works on the same directory
	whole    sync.Mutex // held while a group is sent as a whole
}

// each does one part of a stage for every index, several at once. The first error
// stops them all.
func (c *cycle) each(ctx context.Context, stage string, n int, do func(ctx context.Context, i int) error) error {
	if n == 0 {
		return ctx.Err()
	}
	c.watch.Begin(stage, n)
	defer c.watch.End(stage)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(c.workers, n) {
		workers.Go(func() {
			for i := range next {
				if err := passing(do(ctx, i)); err != nil {
					cancel(err)
				}
				c.watch.Advance(stage)
			}
		})
	}
	feed(ctx, next, n)
	workers.Wait()
	return context.Cause(ctx)
}

func feed(ctx context.Context, next chan<- int, n int) {
	defer close(next)
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}

// list asks for a page of a list that begins at 1; count -1 means that the path
// does not say how many.
func (c *cycle) list(ctx context.Context, step, path string, count int) ([]document, error) {
	var p page
	_, err := c.do(ctx, call{step: step, method: http.MethodGet, path: path, want: []int{http.StatusOK},
		check: func(a *answer) (err error) {
			p, err = readPage(a, 1, count)
			return err
		}})
	return p.resources, err
}

// get reads one resource; query is "" or begins with a question mark.
func (c *cycle) get(ctx context.Context, step string, k kind, id, query string) (document, error) {
	a, err := c.do(ctx, call{
		step: step, method: http.MethodGet, path: k.endpoint + "/" + id + query, want: []int{http.StatusOK}, check: isResource(k, id),
	})
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// patch sends operations. want, if not nil, is what an answer with a body must hold.
func (c *cycle) patch(ctx context.Context, step string, k kind, id string, want document, operations ...operation) error {
	check := isResource(k, id)
	if want != nil {
		check = holds(k, id, want)
	}
	_, err := c.do(ctx, call{
		step: step, method: http.MethodPatch, path: k.endpoint + "/" + id, body: patchOf(operations...),
		want: []int{http.StatusOK, http.StatusNoContent}, check: check,
	})
	return err
}

// put replaces a resource; want is what the answer must hold, if not nil.
func (c *cycle) put(ctx context.Context, step string, k kind, id string, body, want document) error {
	check := isResource(k, id)
	if want != nil {
		check = holds(k, id, want)
	}
	_, err := c.do(ctx, call{
		step: step, method: http.MethodPut, path: k.endpoint + "/" + id, body: body, want: []int{http.StatusOK}, check: check,
	})
	return err
}

// remove deletes a resource and makes sure that it is gone.
func (c *cycle) remove(ctx context.Context, step string, k kind, id string) error {
	path := k.endpoint + "/" + id
	if _, err := c.do(ctx, call{step: step, method: http.MethodDelete, path: path, want: []int{http.StatusNoContent}}); err != nil {
		return err
	}
	for _, method := range []string{http.MethodDelete, http.MethodGet} {
		_, err := c.do(ctx, call{step: "look for what is gone", method: method, path: path, want: []int{http.StatusNotFound}})
		if err != nil {
			return err
		}
	}
	return nil
}

// finder looks up what a create found to exist.
type finder func(ctx context.Context, step string) (document, error)

// finds looks people up by their user name.
func (c *cycle) finds(userName string) finder {
	return func(ctx context.Context, step string) (document, error) {
		return c.find(ctx, step, users, c.provider.findUser(userName))
	}
}

// findGroup looks a group up in the provider's way.
func (c *cycle) findGroup(ctx context.Context, step, name string) (document, error) {
	if c.provider.traits().listsGroups {
		return c.among(ctx, step, name)
	}
	return c.find(ctx, step, groups, c.provider.findGroup(name))
}

// find looks something up by what must be unique. It returns nil if there is none.
func (c *cycle) find(ctx context.Context, step string, k kind, path string) (document, error) {
	found, err := c.list(ctx, step, path, c.provider.traits().lookUp)
	switch {
	case err != nil || len(found) == 0:
		return nil, err
	case len(found) > 1:
		return nil, c.contradict(step, http.MethodGet, path, http.StatusOK,
			fmt.Errorf("the filter finds %d resources", len(found)))
	}
	if err := checkResource(k, found[0]); err != nil {
		return nil, c.contradict(step, http.MethodGet, path, http.StatusOK, err)
	}
	return found[0], nil
}

// create posts a resource. If it exists already and that was to be expected, the
// existing one is looked up by find and returned as found.
func (c *cycle) create(
	ctx context.Context, step string, k kind, body, want document, find finder,
) (id string, found document, err error) {
	a, err := c.do(ctx, call{
		step: step, method: http.MethodPost, path: k.endpoint, body: body, want: []int{http.StatusCreated},
		exists: c.racing && find != nil, check: holds(k, "", want),
	})
	if err != nil {
		return "", nil, err
	}
	if a.status == http.StatusCreated {
		return text(a.body["id"]), nil, nil
	}
	c.log.existed(step)
	if find != nil {
		found, err = find(ctx, "adopt after 409")
	}
	if err == nil && found == nil {
		err = c.contradict(step, http.MethodPost, k.endpoint, a.status,
			errors.New("the answer was 409, but the look-up finds nothing"))
	}
	return text(found["id"]), found, err
}

func version(resource document) string {
	meta, _ := resource["meta"].(document)
	return text(meta["version"])
}
