package conformance

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Requirements returns the whole catalogue, in the order in which it is run.
func Requirements() []Requirement {
	return slices.Concat(
		serviceProviderConfig(), resourceTypes(), schemas(), authentication(), mediaTypes(), errorAnswers(),
		creating(), commonAttributes(), values(), passwords(), reading(), listing(), indexPaging(),
		comparisons(), filterLogic(), filterNames(), refusedFilters(), sorting(), projections(),
		replacing(), patchMessages(), patchAdd(), patchReplace(), patchRemove(), patchRefusals(), deleting(),
		groups(), memberPatches(), enterpriseExtension(), searching(), baseQueries(),
		versions(), myself(), bulkJobs(), bulkReferences(), bulkLimits(), cursorPaging(), cursorErrors(),
	)
}

// Select returns the requirements that a pattern names: comma-separated ids
// (also with * and ?), or parts of an id, an area, a feature or a level.
func Select(all []Requirement, pattern string) ([]Requirement, error) {
	if strings.TrimSpace(pattern) == "" {
		return all, nil
	}
	var out []Requirement
	for _, r := range all {
		ok, err := matchesAny(r, pattern)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no requirement matches %q", pattern)
	}
	return out, nil
}

func matchesAny(r Requirement, patterns string) (bool, error) {
	for p := range strings.SplitSeq(patterns, ",") {
		p = strings.TrimSpace(p)
		glob, err := path.Match(p, r.ID)
		if err != nil {
			return false, fmt.Errorf("pattern %q: %w", p, err)
		}
		if glob || (p != "" && mentions(r, strings.ToLower(p))) {
			return true, nil
		}
	}
	return false, nil
}

func mentions(r Requirement, lower string) bool {
	if strings.Contains(r.ID, lower) || strings.Contains(strings.ToLower(r.Area), lower) || string(r.Level) == lower {
		return true
	}
	return slices.ContainsFunc(r.Features, func(f Feature) bool { return strings.EqualFold(string(f), lower) })
}
