package main

import (
	"context"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/gin-gonic/gin"
)

// readyTimeout bounds what a readiness probe may cost.
const readyTimeout = 2 * time.Second

// adminHandler is what the admin address answers: whether the process lives,
// whether it can serve, its metrics, and profiles to those on the same machine.
func (a *App) adminHandler() http.Handler {
	engine := gin.New()
	engine.Use(requestID, a.recover)
	engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	engine.GET("/readyz", a.ready)
	engine.GET("/metrics", gin.WrapH(a.metrics.handler()))
	profiles := engine.Group("/debug/pprof", localOnly)
	profiles.GET("/", gin.WrapF(pprof.Index))
	profiles.GET("/:name", func(c *gin.Context) {
		switch c.Param("name") {
		case "cmdline":
			pprof.Cmdline(c.Writer, c.Request)
		case "profile":
			pprof.Profile(c.Writer, c.Request)
		case "symbol":
			pprof.Symbol(c.Writer, c.Request)
		case "trace":
			pprof.Trace(c.Writer, c.Request)
		default:
			pprof.Index(c.Writer, c.Request)
		}
	})
	engine.NoRoute(func(c *gin.Context) {
		problem(c.Writer, http.StatusNotFound, "not_found", "This address has /healthz, /readyz, /metrics and /debug/pprof/.")
	})
	return engine
}

func (a *App) ready(c *gin.Context) {
	if a.draining.Load() {
		problem(c.Writer, http.StatusServiceUnavailable, "stopping", "The server is stopping.")
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
	defer cancel()
	status, err := a.db.SchemaStatus(ctx)
	if err == nil {
		err = status.Err()
	}
	if err != nil {
		a.logger.WarnContext(ctx, "not ready", "error", err)
		problem(c.Writer, http.StatusServiceUnavailable, "database", "The database cannot be used; the log says why. Run: roster doctor")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

// localOnly keeps profiles, which may show what the process holds in memory,
// from everybody but those on the machine.
func localOnly(c *gin.Context) {
	if !loopback(remoteHost(c.Request)) {
		problem(c.Writer, http.StatusForbidden, "not_local", "Profiles are shown on the machine itself alone; forward the port.")
		c.Abort()
	}
}
