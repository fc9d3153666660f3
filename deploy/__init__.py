"""What installs, runs and vouches for Footfall: units, image, list of parts, advisories, licences."""
