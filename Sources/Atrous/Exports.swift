// One import is enough for users: problems and machines, plans and worker pools belong to the library's face.
@_exported import AtrousCore
@_exported import AtrousKernels
