package requestlog

import (
	"slices"
	"strings"
)

// kinds are all there are.
var kinds = []Kind{
	KindCredentialsCheck, KindDiscovery, KindUserLookup, KindUserRead, KindUserList, KindUserCreate, KindUserUpdate,
	KindUserDeactivate, KindUserReactivate, KindUserDelete, KindGroupLookup, KindGroupRead, KindGroupList, KindGroupCreate,
	KindGroupUpdate, KindGroupMembers, KindGroupDelete, KindResourceLookup, KindResourceRead, KindResourceList,
	KindResourceCreate, KindResourceUpdate, KindResourceDelete, KindBulk, KindSearch, KindOther,
}

// KindsOf are the kinds of a name: that kind itself, or those that begin with it
// and a dot. Of a name that is neither there are none.
func KindsOf(name string) []Kind {
	var found []Kind
	for _, k := range kinds {
		if string(k) == name || strings.HasPrefix(string(k), name+".") {
			found = append(found, k)
		}
	}
	return found
}

// Count adds an operation that was refused or failed.
func (b *Bulk) Count(code Code) {
	i, ok := slices.BinarySearchFunc(b.Codes, code, func(c CodeCount, code Code) int { return strings.Compare(string(c.Code), string(code)) })
	if !ok {
		b.Codes = slices.Insert(b.Codes, i, CodeCount{Code: code})
	}
	b.Codes[i].Count++
}
