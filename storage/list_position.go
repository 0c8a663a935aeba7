package storage

import (
	"strconv"

	"github.com/roster-scim/roster/scim"
)

// begin is the condition that a page in order of creation begins where it should.
// Rows that are skipped by an offset cost what a database computes for them, so
// only positions are skipped.
func (s *page) begin(q scim.ListQuery) string {
	skip := q.Start - 1
	switch {
	case skip == 0:
		return ""
	case q.Filter == nil && skip >= bucketSize:
		return " and r.position >= (" + s.beginInBucket(skip) + ")"
	}
	return " and r.position >= (select r.position from " + s.from + " where " + s.selection.where +
		" order by r.position limit 1 offset " + s.number(skip) + ")"
}

// beginInBucket is the position of the resource with skip others before it. The
// counts per bucket lead to it, so that less than a bucket is walked through.
func (s *page) beginInBucket(skip int) string {
	n := s.number(skip)
	return "with recursive " + s.entry(n) +
		" select r.position from resources r where " + s.selection.where +
		" and r.position >= (select max(bucket) * " + bucketText + " from entry)" +
		" order by r.position limit 1 offset (select " + n + " - max(before) from entry)"
}

var bucketText = strconv.Itoa(bucketSize)

// entry is a table expression that leads to a bucket. Its highest bucket has the
// resource with skip others before it, and its highest number is how many are
// before that bucket. Beyond the end it leads to a bucket without a resource that
// has so many before it.
//
// A bucket has no more resources than positions. So as many buckets as those
// that are still to be skipped would fill are skipped at a time, their counts
// summed up: all at once if nobody was ever deleted.
func (s *selection) entry(skip string) string {
	jump := "case when " + skip + " - entry.before < " + bucketText + " then 1 else (" + skip + " - entry.before) / " + bucketText + " end"
	sum := func(buckets string) string {
		return "cast((select coalesce(sum(total), 0) " + s.buckets() + " and " + buckets + ") as bigint)"
	}
	return "entry (bucket, before) as (" +
		"select " + skip + " / " + bucketText + ", " + sum("bucket < "+skip+" / "+bucketText) +
		" union all select entry.bucket + " + jump + ", entry.before + " +
		sum("bucket >= entry.bucket and bucket < entry.bucket + "+jump) +
		" from entry where entry.before + " + sum("bucket = entry.bucket") + " <= " + skip +
		" and entry.bucket < (select max(bucket) " + s.buckets() + "))"
}

func (s *selection) buckets() string {
	return "from directory_buckets where tenant_id = " + s.tenant +
		" and connection_id = " + s.connection + " and resource_type = " + s.typeName
}
