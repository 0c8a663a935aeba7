package conformance

// Feature is something that a server may or may not offer.
type Feature string

// The features that requirements depend on. The first group is announced in
// ServiceProviderConfig (RFC 7643 section 5, RFC 9865 section 4), the second in
// /ResourceTypes. The third is announced nowhere: the run asks once, and counts
// 404, 405 and 501 as not offered.
const (
	Patch          Feature = "patch"
	Bulk           Feature = "bulk"
	Filter         Feature = "filter"
	ChangePassword Feature = "changePassword"
	Sort           Feature = "sort"
	ETag           Feature = "etag"
	IndexPaging    Feature = "index"
	CursorPaging   Feature = "cursor"

	Groups     Feature = "groups"
	Enterprise Feature = "enterprise"

	Search         Feature = "search"
	BaseQuery      Feature = "base-query"
	Authentication Feature = "authentication" // a token was given
)

// wantGroups skips a check of a requirement whose other checks need no groups.
func (p *probe) wantGroups() {
	if why := p.offers[Groups]; why != "" {
		p.skip("%s", why)
	}
}

// offers maps each feature to "" or to the reason why it does not apply.
type offers map[Feature]string

// missing returns why a requirement does not apply to the server, "" if it does.
func (o offers) missing(features []Feature) string {
	for _, f := range features {
		if why := o[f]; why != "" {
			return why
		}
	}
	return ""
}
