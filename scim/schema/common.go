package schema

// The common attributes of RFC 7643 section 3.1 and the schemas attribute of
// section 3. Every resource type has them whether or not its schema lists them.
// A client may write externalId alone; the others are the server's.
var (
	schemasAttribute = &Attribute{
		Name: "schemas", Type: Reference, MultiValued: true, CaseExact: true, Required: true,
		Description:    "The URNs of the schemas that the resource has attributes of.",
		ReferenceTypes: []string{"uri"},
		Mutability:     ReadOnly, Returned: ReturnedAlways, Uniqueness: UniqueNone,
	}
	idAttribute = &Attribute{
		Name: "id", Type: String, CaseExact: true, Required: true,
		Description: "The identifier that the service provider gave the resource. It never changes.",
		Mutability:  ReadOnly, Returned: ReturnedAlways, Uniqueness: UniqueServer,
	}
	externalIDAttribute = &Attribute{
		Name: "externalId", Type: String, CaseExact: true,
		Description: "The identifier that the provisioning client gave the resource.",
		Mutability:  ReadWrite, Returned: ReturnedDefault, Uniqueness: UniqueNone,
	}
	metaAttribute = &Attribute{
		Name: "meta", Type: Complex,
		Description: "What the service provider keeps about the resource.",
		Mutability:  ReadOnly, Returned: ReturnedDefault, Uniqueness: UniqueNone,
		SubAttributes: []*Attribute{
			metaSub("resourceType", String, "The name of the resource type."),
			metaSub("created", DateTime, "When the resource was created."),
			metaSub("lastModified", DateTime, "When the resource was last changed."),
			metaSub("location", Reference, "The URI of the resource."),
			metaSub("version", String, "The version of the resource, the same as its ETag."),
		},
	}
)

func metaSub(name string, t DataType, description string) *Attribute {
	return &Attribute{
		Name: name, Type: t, Description: description, CaseExact: t != DateTime,
		Mutability: ReadOnly, Returned: ReturnedDefault, Uniqueness: UniqueNone,
	}
}

// withCommon returns the core schema's attributes among the common ones, in the
// order in which they are written: schemas, id, externalId, the core, meta.
func withCommon(core *Schema) []*Attribute {
	all := make([]*Attribute, 0, len(core.Attributes)+4)
	all = append(all, schemasAttribute, idAttribute)
	if core.Attribute(externalIDAttribute.Name) == nil {
		all = append(all, externalIDAttribute)
	}
	for _, a := range core.Attributes {
		if !isServerAttribute(a.Name) {
			all = append(all, a)
		}
	}
	return append(all, metaAttribute)
}

// isServerAttribute reports whether the name belongs to a common attribute that
// is no part of a document.
func isServerAttribute(name string) bool {
	return sameName(name, schemasAttribute.Name) || sameName(name, idAttribute.Name) || sameName(name, metaAttribute.Name)
}
