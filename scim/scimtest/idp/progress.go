package idp

// Progress is told how a run comes along. Its methods may be called at once from
// several goroutines.
type Progress interface {
	// Begin says that a stage starts, which has so many parts.
	Begin(stage string, parts int)
	// Advance says that one more part of the stage is done.
	Advance(stage string)
	// End says that the stage is over, complete or not.
	End(stage string)
}

// silent is the Progress of a run that nobody watches.
type silent struct{}

func (silent) Begin(string, int) {}
func (silent) Advance(string)    {}
func (silent) End(string)        {}
