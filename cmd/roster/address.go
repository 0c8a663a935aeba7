package main

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/gin-gonic/gin"
)

const headerForwardedFor = "X-Forwarded-For"

// clientAddress makes the request's address that of the client where a proxy
// that is trusted says so: what others write into X-Forwarded-For is what they
// like. From here on nobody looks at the header.
func clientAddress(c *gin.Context) {
	if len(c.Request.Header[headerForwardedFor]) == 0 {
		return
	}
	if ip := c.ClientIP(); ip != "" && ip != remoteHost(c.Request) {
		c.Request.RemoteAddr = net.JoinHostPort(ip, "0")
	}
}

// trustProxies has the engine believe the proxies that the setting names, and
// nobody if it names none.
func (c *Config) trustProxies(engine *gin.Engine) error {
	engine.RemoteIPHeaders = []string{headerForwardedFor}
	if err := engine.SetTrustedProxies(c.trustedProxies()); err != nil {
		return fmt.Errorf("ROSTER_TRUSTED_PROXIES: %w", err)
	}
	return nil
}

func (c *Config) trustedProxies() []string { return listOf(c.TrustedProxies) }

// listOf are the entries of a setting that is a list.
func listOf(setting string) (list []string) {
	for entry := range strings.SplitSeq(setting, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

// checkProxies refuses what is neither an address nor a network, and networks
// that hold everybody.
func (c *Config) checkProxies() error {
	for _, entry := range c.trustedProxies() {
		network, err := netip.ParsePrefix(entry)
		if address, single := netip.ParseAddr(entry); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil || network.Bits() == 0 {
			return fmt.Errorf("ROSTER_TRUSTED_PROXIES: %q is not the address of a proxy; give addresses or networks with commas between them, "+
				"such as 10.0.0.7 or 10.0.0.0/24", entry)
		}
	}
	return nil
}
