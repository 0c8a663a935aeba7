package schema

// Name is an attribute name as a client writes it: [URN ":"] attribute ["." sub-attribute].
// Raw is the whole text: an extension's bare URN also parses as a Name, and
// Resolve recognises it by Raw.
type Name struct {
	Raw, URN, Attr, Sub string
}

// Options say how strictly a document is read. They come from a connection's settings.
type Options struct {
	// RefuseUnknown refuses attributes that no schema defines; otherwise they are ignored.
	RefuseUnknown bool
	// StrictTypes refuses "True" for a boolean and a bare value for a complex attribute.
	StrictTypes bool
	// KeepEmptyStrings stores "" as a value; otherwise "" means no value, like null and [].
	KeepEmptyStrings bool
}
