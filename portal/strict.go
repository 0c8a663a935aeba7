package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/portal/api"
)

// strictOptions leads every way in which the generated code can fail to the one
// writer of errors.
func (p *Portal) strictOptions() api.StrictGinServerOptions {
	return api.StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { p.failed(c, invalidRequest(err)) },
		HandlerErrorFunc:         p.failed,
		ResponseErrorHandlerFunc: p.failed,
	}
}

// ownContext gives a handler a context that stays that of its request: gin uses
// its own for another request as soon as this one is answered, while a database
// driver may still be looking whether it has ended.
func ownContext(next api.StrictHandlerFunc, _ string) api.StrictHandlerFunc {
	return func(c *gin.Context, request any) (any, error) { return next(c.Copy(), request) }
}

// failed answers a request with an error. Half an answer must not look whole, so
// that what has begun is cut off.
func (p *Portal) failed(c *gin.Context, err error) {
	c.Abort()
	if c.Writer.Written() {
		p.logger.WarnContext(c.Request.Context(), "an answer was cut off", "error", err,
			"request_id", c.Writer.Header().Get(HeaderRequestID))
		panic(http.ErrAbortHandler)
	}
	p.fail(c.Writer, c.Request, err)
}
