package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim"
)

// pageByPosition reads a page of a whole directory in order of creation. The
// counts per bucket lead to where the page begins, so that nothing before it is
// walked through.
func pageByPosition(ctx context.Context, tx *tx, s *selection, q scim.ListQuery, total int) ([]*scim.Record, error) {
	bucket, before, err := findBucket(ctx, tx, s, q.Start-1, total)
	if err != nil {
		return nil, fmt.Errorf("find page: %w", err)
	}
	query, values := s.pageFrom(bucket, before, q)
	return records(ctx, tx, query, values)
}

// pageFrom is the statement that reads a page which begins in a bucket, given
// how many resources are before that.
func (s *selection) pageFrom(bucket, before int, q scim.ListQuery) (query string, values []any) {
	p := s.extend()
	query = "select " + recordColumns + " from resources r where " + s.where +
		" and r.position >= " + p.add(bucket*bucketSize) + " order by r.position" +
		" limit " + p.add(q.Count) + " offset " + p.add(q.Start-1-before)
	return query, p.values
}

const (
	bucketsForward = `
		select bucket, total from directory_buckets
		where tenant_id = $1 and connection_id = $2 and resource_type = $3
		order by bucket`
	bucketsBackward = bucketsForward + ` desc`
)

// errFound ends the reading of rows.
var errFound = errors.New("found")

// findBucket returns the bucket that has the resource with offset others before
// it, and how many of those are before the bucket. It counts from the nearer end
// of the directory, whose number of resources is total.
func findBucket(ctx context.Context, tx *tx, s *selection, offset, total int) (bucket, before int, err error) {
	query, backward := bucketsForward, offset >= total/2
	if backward {
		query, before = bucketsBackward, total
	}
	reached := func(n int) bool {
		if backward {
			before -= n
			return before <= offset
		}
		if before+n > offset {
			return true
		}
		before += n
		return false
	}
	err = tx.each(ctx, func(row scanner) error {
		var n int
		if err := row.Scan(&bucket, &n); err != nil {
			return err
		}
		if reached(n) {
			return errFound
		}
		return nil
	}, query, s.values[:3]...)
	if errors.Is(err, errFound) {
		return bucket, before, nil
	}
	return 0, 0, err // from the first position on, it is found in any case
}
