import { withControlPlane } from './control-plane.ts'
import { printFigures } from './figures.ts'
import { schedulingFigures } from './scheduling.ts'
const [nodes = 100, pods = 1000] = process.argv.slice(2).map(Number)
printFigures(`Scheduling ${nodes}`, await withControlPlane(plane => schedulingFigures(plane, { nodes, pods })))
process.exit(0)
