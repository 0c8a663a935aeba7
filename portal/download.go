package portal

import (
	"io"
	"net/http"

	"github.com/roster-scim/roster/portal/api"
)

// download is an answer of one object a line. However long all of it takes, it
// goes on as long as the client takes each piece in time.
type download struct{ lines io.ReadCloser }

var (
	_ api.ExportAuditResponseObject             = download{}
	_ api.ExportInstallationAuditResponseObject = download{}
	_ api.ExportRequestsResponseObject          = download{}
)

// VisitExportAuditResponse implements api.ExportAuditResponseObject.
func (d download) VisitExportAuditResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportInstallationAuditResponse implements api.ExportInstallationAuditResponseObject.
func (d download) VisitExportInstallationAuditResponse(w http.ResponseWriter) error { return d.send(w) }

// VisitExportRequestsResponse implements api.ExportRequestsResponseObject.
func (d download) VisitExportRequestsResponse(w http.ResponseWriter) error { return d.send(w) }

func (d download) send(w http.ResponseWriter) error {
	defer d.lines.Close()
	w.Header().Set("Content-Type", "application/x-ndjson")
	_, err := io.Copy(&patientWriter{w, http.NewResponseController(w)}, d.lines)
	return err
}
