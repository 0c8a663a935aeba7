package main

import (
	"net/http"
	"net/http/pprof"

	"github.com/gin-gonic/gin"
)

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

// ready says whether requests should be sent here. What makes them slower alone,
// such as a shared cache that is away, is told and changes nothing.
func (a *App) ready(c *gin.Context) {
	if a.draining.Load() {
		problem(c.Writer, http.StatusServiceUnavailable, "stopping", "The server is stopping.")
		return
	}
	if err := a.rollout.look(c.Request.Context()); err != nil {
		a.logger.WarnContext(c.Request.Context(), "not ready", "error", err)
		problem(c.Writer, http.StatusServiceUnavailable, "database", "The database cannot be used; the log says why. Run: roster doctor")
		return
	}
	if err := a.rollout.ready(); err != nil {
		problem(c.Writer, http.StatusServiceUnavailable, schemaCode(err), sentence(err))
		return
	}
	c.String(http.StatusOK, "ready\n"+a.degraded())
}

// localOnly keeps profiles, which may show what the process holds in memory,
// from everybody but those on the machine.
func localOnly(c *gin.Context) {
	if !loopback(remoteHost(c.Request)) {
		problem(c.Writer, http.StatusForbidden, "not_local", "Profiles are shown on the machine itself alone; forward the port.")
		c.Abort()
	}
}
