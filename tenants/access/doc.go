// Package access is who holds which role where, and why: entry points, the
// mappings of groups to roles, direct assignments, and what follows from them
// for each user. It is computed where it is read, so a change holds from its
// commit on; telling the vendor about each user is a job.
package access
