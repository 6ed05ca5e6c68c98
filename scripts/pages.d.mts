export function buildPages(): Promise<boolean>
