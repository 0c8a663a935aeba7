package tenants

// NewKeyID returns a fresh id; later ones sort after earlier ones.
func NewKeyID() KeyID { return newID[keyKind]() }

// NewLinkID returns a fresh id; later ones sort after earlier ones.
func NewLinkID() LinkID { return newID[linkKind]() }

// NewSessionID returns a fresh id; later ones sort after earlier ones.
func NewSessionID() SessionID { return newID[sessionKind]() }

// NewIssuerID returns a fresh id; later ones sort after earlier ones.
func NewIssuerID() IssuerID { return newID[issuerKind]() }

// NewAssignmentID returns a fresh id; later ones sort after earlier ones.
func NewAssignmentID() AssignmentID { return newID[assignmentKind]() }

// NewJobID returns a fresh id; later ones sort after earlier ones.
func NewJobID() JobID { return newID[jobKind]() }

// NewAuditID returns a fresh id; later ones sort after earlier ones.
func NewAuditID() AuditID { return newID[auditKind]() }

// ParseKeyID reads "key…". The error is ErrMalformedID.
func ParseKeyID(text string) (KeyID, error) { return parseID[keyKind](text) }

// ParseLinkID reads "lnk…". The error is ErrMalformedID.
func ParseLinkID(text string) (LinkID, error) { return parseID[linkKind](text) }

// ParseSessionID reads "ses…". The error is ErrMalformedID.
func ParseSessionID(text string) (SessionID, error) { return parseID[sessionKind](text) }

// ParseIssuerID reads "iss…". The error is ErrMalformedID.
func ParseIssuerID(text string) (IssuerID, error) { return parseID[issuerKind](text) }

// ParseAssignmentID reads "asg…". The error is ErrMalformedID.
func ParseAssignmentID(text string) (AssignmentID, error) { return parseID[assignmentKind](text) }

// ParseJobID reads "job…". The error is ErrMalformedID.
func ParseJobID(text string) (JobID, error) { return parseID[jobKind](text) }

// ParseAuditID reads "aud…". The error is ErrMalformedID.
func ParseAuditID(text string) (AuditID, error) { return parseID[auditKind](text) }
