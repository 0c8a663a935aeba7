package portal

// defaultPage is how many items a page has if nobody says otherwise. The
// document bounds what may be asked for.
const defaultPage = 50

func pageSize(limit *int) int {
	if limit == nil {
		return defaultPage
	}
	return *limit
}

// orZero is what a pointer points to, or the zero value.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// next is the cursor of a place.
func (h *handlers) next(kind string, place any) (*string, error) {
	cursor, err := h.cursors.seal(kind, place)
	if err != nil {
		return nil, err
	}
	return &cursor, nil
}

// pageOf cuts a list that was asked for one item more than the page has, and
// returns the cursor of the next page: nil at the end.
func pageOf[T any](h *handlers, kind string, limit int, list []T, place func(last T) any) ([]T, *string, error) {
	if len(list) <= limit {
		return list, nil, nil
	}
	list = list[:limit]
	cursor, err := h.next(kind, place(list[limit-1]))
	return list, cursor, err
}

// orNull is a value, or nil for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// answers turns a list into what an answer has of it; none is an empty list.
func answers[T, A any](list []T, answer func(T) A) []A {
	all := make([]A, len(list))
	for i, item := range list {
		all[i] = answer(item)
	}
	return all
}
