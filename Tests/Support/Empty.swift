// Shared test helpers go here.
