package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// ListJobs implements api.StrictServerInterface.
func (h *handlers) ListJobs(ctx context.Context, r api.ListJobsRequestObject) (api.ListJobsResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	var before tenants.JobID
	limit, kind := pageSize(r.Params.Limit), listKind("jobs", r.Tenant, nil)
	if err := h.cursors.open(kind, orZero(r.Params.Cursor), &before); err != nil {
		return nil, err
	}
	page, err := h.access.ListJobs(ctx, tenant, before, limit+1)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(h, kind, limit, page, func(last *access.Job) any { return last.ID })
	return api.ListJobs200JSONResponse{Items: answers(page, jobOf), NextCursor: next}, err
}

// GetJob implements api.StrictServerInterface.
func (h *handlers) GetJob(ctx context.Context, r api.GetJobRequestObject) (api.GetJobResponseObject, error) {
	tenant, err := tenantOfPath(r.Tenant)
	if err != nil {
		return nil, err
	}
	id, err := tenants.ParseJobID(r.Job)
	if err != nil {
		return nil, errNotFound
	}
	job, err := h.access.Job(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return api.GetJob200JSONResponse(jobOf(job)), nil
}
