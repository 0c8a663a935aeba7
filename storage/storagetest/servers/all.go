package servers

import (
	"context"
	"errors"
	"sync"
)

// StartAll starts every shared server that no variable names, and returns the
// variables that name them all for other processes. The command "with" is made
// of it. stop ends what was started.
func StartAll() (variables []string, stop func() error, err error) {
	all := []*shared{sharedPostgres, sharedRedis, sharedCluster}
	var starting sync.WaitGroup
	errs := make([]error, len(all))
	for i, s := range all {
		starting.Go(func() { _, errs[i] = s.get() })
	}
	starting.Wait()
	stop = func() error { return stopAll(all) }
	if err := errors.Join(errs...); err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	for _, s := range all {
		variables = append(variables, s.variable+"="+s.url)
	}
	return variables, stop, nil
}

func stopAll(all []*shared) error {
	ctx, cancel := context.WithTimeout(context.Background(), removeTime)
	defer cancel()
	var errs []error
	for _, s := range all {
		if s.remove != nil {
			errs = append(errs, s.remove(ctx))
		}
	}
	return errors.Join(errs...)
}
